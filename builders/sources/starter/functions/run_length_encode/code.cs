using System;
using System.Text.RegularExpressions;

public static class RunLength
{
    // A surrogate pair counts as one character.
    private static readonly Regex Run =
        new Regex(@"([\uD800-\uDBFF][\uDC00-\uDFFF]|.)\1*", RegexOptions.Singleline);

    public static string Encode(string text)
    {
        if (text == null)
            throw new ArgumentNullException(nameof(text));
        if (Regex.IsMatch(text, "[0-9]"))
            throw new ArgumentException("Digits in the text cannot be told from counts.", nameof(text));

        return Run.Replace(text, match =>
        {
            string symbol = match.Groups[1].Value;
            return symbol + match.Length / symbol.Length;
        });
    }
}
