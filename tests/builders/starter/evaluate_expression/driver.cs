using System;

static class Driver
{
    static void Main()
    {
        string line;
        while ((line = Console.ReadLine()) != null)
        {
            try
            {
                Console.WriteLine(ExpressionEvaluator.Evaluate(line));
            }
            catch (Exception e) when (e is FormatException || e is ArithmeticException)
            {
                Console.WriteLine("error");
            }
        }
    }
}
