using System;
using System.Collections.Generic;

public static class PathNormalizer
{
    private const string Parent = "..";

    public static string NormalizePath(string path)
    {
        if (string.IsNullOrEmpty(path))
        {
            throw new ArgumentException("The path is empty.", nameof(path));
        }

        bool absolute = path[0] == '/';
        var parts = new List<string>();
        foreach (string part in path.Split(new[] { '/' }, StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".")
            {
                continue;
            }

            int last = parts.Count - 1;
            if (part != Parent)
            {
                parts.Add(part);
            }
            else if (last >= 0 && parts[last] != Parent)
            {
                parts.RemoveAt(last);
            }
            else if (!absolute)
            {
                parts.Add(part);
            }
        }

        string joined = string.Join("/", parts);
        if (absolute)
        {
            return "/" + joined;
        }
        return joined.Length == 0 ? "." : joined;
    }
}
