using System;
using System.Collections.Generic;
using System.Text;

public static class CsvLine
{
    private enum State { Start, Plain, Quoted, Closing }

    public static List<string> Parse(string line)
    {
        if (line == null)
            throw new ArgumentNullException(nameof(line));

        var fields = new List<string>();
        var field = new StringBuilder();
        var state = State.Start;
        foreach (char c in line)
        {
            if (state == State.Quoted && c != '"')
            {
                field.Append(c);
            }
            else if (state == State.Quoted)
            {
                state = State.Closing;
            }
            else if (c == ',')
            {
                fields.Add(field.ToString());
                field.Clear();
                state = State.Start;
            }
            else if (c == '"' && state == State.Start)
            {
                state = State.Quoted;
            }
            else if (c == '"' && state == State.Closing)
            {
                field.Append(c);
                state = State.Quoted;
            }
            else if (c == '"' || state == State.Closing)
            {
                throw new FormatException("Misplaced quote in field " + (fields.Count + 1) + ".");
            }
            else
            {
                field.Append(c);
                state = State.Plain;
            }
        }
        if (state == State.Quoted)
            throw new FormatException("Unclosed quote.");
        fields.Add(field.ToString());
        return fields;
    }
}
