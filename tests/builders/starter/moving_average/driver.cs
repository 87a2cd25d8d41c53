using System;
using System.Globalization;
using System.Linq;

class Driver
{
    static void Main()
    {
        string line;
        while ((line = Console.ReadLine()) != null)
        {
            string[] fields = line.Trim().Split(' ');
            double[] values = fields.Skip(1).Select(field => double.Parse(field, CultureInfo.InvariantCulture)).ToArray();
            try
            {
                var shown = MovingAverages.MovingAverage(values, int.Parse(fields[0]))
                    .Select(average => average.ToString("F4", CultureInfo.InvariantCulture));
                Console.WriteLine("[" + string.Join(" ", shown) + "]");
            }
            catch (ArgumentOutOfRangeException)
            {
                Console.WriteLine("error");
            }
        }
    }
}
