using System;
using System.Linq;

public static class Driver
{
    public static void Main()
    {
        string line;
        while ((line = Console.ReadLine()) != null)
        {
            string[] words = line.Split(' ');
            var edges = words.Skip(1).Select(word => word.Split('>'))
                .Select(pair => (int.Parse(pair[0]), int.Parse(pair[1]))).ToList();
            try
            {
                Console.WriteLine(string.Join(" ", Dependencies.TopologicalSort(int.Parse(words[0]), edges)));
            }
            catch (Exception e) when (e is ArgumentException || e is InvalidOperationException)
            {
                Console.WriteLine("error");
            }
        }
    }
}
