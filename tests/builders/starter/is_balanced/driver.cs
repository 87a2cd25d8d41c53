using System;

static class Driver
{
    static void Main()
    {
        for (string line; (line = Console.ReadLine()) != null;)
        {
            Console.WriteLine(BracketChecker.IsBalanced(line) ? "true" : "false");
        }
        Console.Out.Flush();
    }
}
