using System;
using System.Collections.Generic;

public static class MovingAverages
{
    public static List<double> MovingAverage(IReadOnlyList<double> values, int window)
    {
        if (values == null) throw new ArgumentNullException(nameof(values));
        if (window <= 0) throw new ArgumentOutOfRangeException(nameof(window), window, "The window must be positive.");

        var averages = new List<double>();
        double sum = 0;
        for (int i = 0; i < values.Count; i++)
        {
            sum += values[i];
            if (i >= window) sum -= values[i - window];
            if (i >= window - 1) averages.Add(sum / window);
        }
        return averages;
    }
}
