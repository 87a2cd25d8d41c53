using System;
using System.Text;

public static class RomanNumerals
{
    private static readonly (int Value, string Symbol)[] Numerals =
    {
        (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"),
        (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
        (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")
    };

    public static string ToRoman(int number)
    {
        if (number < 1 || number > 3999)
        {
            throw new ArgumentOutOfRangeException(nameof(number), number, "Must be between 1 and 3999.");
        }

        var roman = new StringBuilder();
        foreach (var numeral in Numerals)
        {
            while (number >= numeral.Value)
            {
                roman.Append(numeral.Symbol);
                number -= numeral.Value;
            }
        }
        return roman.ToString();
    }
}
