using System;
using System.Collections.Generic;
using System.IO;
using System.Text;

public static class QueryStringParser
{
    private static readonly Encoding StrictUtf8 = new UTF8Encoding(false, true);

    public static Dictionary<string, List<string>> ParseQueryString(string query)
    {
        if (query == null) throw new ArgumentNullException(nameof(query));

        var parameters = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (string pair in query.Split(new[] { '&' }, StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = pair.Split(new[] { '=' }, 2);
            string key = Decode(parts[0]);
            if (!parameters.TryGetValue(key, out List<string> values))
            {
                values = new List<string>();
                parameters.Add(key, values);
            }
            values.Add(parts.Length > 1 ? Decode(parts[1]) : "");
        }
        return parameters;
    }

    private static string Decode(string text)
    {
        var decoded = new MemoryStream();
        byte[] raw = Encoding.UTF8.GetBytes(text);
        for (int i = 0; i < raw.Length; i++)
        {
            if (raw[i] != '%')
            {
                decoded.WriteByte(raw[i] == '+' ? (byte)' ' : raw[i]);
                continue;
            }
            if (i + 2 >= raw.Length || !Uri.IsHexDigit((char)raw[i + 1]) || !Uri.IsHexDigit((char)raw[i + 2]))
                throw new FormatException("Malformed percent escape in: " + text);
            decoded.WriteByte((byte)(Uri.FromHex((char)raw[i + 1]) * 16 + Uri.FromHex((char)raw[i + 2])));
            i += 2;
        }
        try
        {
            return StrictUtf8.GetString(decoded.ToArray());
        }
        catch (DecoderFallbackException e)
        {
            throw new FormatException("Escapes are not valid UTF-8 in: " + text, e);
        }
    }
}
