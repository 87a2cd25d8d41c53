using System;

class Driver
{
    static void Main()
    {
        string line;
        while ((line = Console.ReadLine()) != null)
        {
            string[] versions = line.Split(' ');
            try
            {
                Console.WriteLine(SemanticVersions.CompareVersions(versions[0], versions[1]));
            }
            catch (FormatException)
            {
                Console.WriteLine("error");
            }
        }
    }
}
