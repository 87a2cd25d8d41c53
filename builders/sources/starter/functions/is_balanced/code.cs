using System;
using System.Collections.Generic;

public static class BracketChecker
{
    public static bool IsBalanced(string text)
    {
        if (text == null)
        {
            throw new ArgumentNullException(nameof(text));
        }

        var expected = new Stack<char>();
        bool inString = false;
        bool escaped = false;

        foreach (char c in text)
        {
            if (inString)
            {
                if (c == '"' && !escaped)
                {
                    inString = false;
                }
                escaped = c == '\\' && !escaped;
                continue;
            }
            switch (c)
            {
                case '"': inString = true; break;
                case '(': expected.Push(')'); break;
                case '[': expected.Push(']'); break;
                case '{': expected.Push('}'); break;
                case ')':
                case ']':
                case '}':
                    if (expected.Count == 0 || expected.Pop() != c)
                    {
                        return false;
                    }
                    break;
            }
        }
        return expected.Count == 0 && !inString;
    }
}
