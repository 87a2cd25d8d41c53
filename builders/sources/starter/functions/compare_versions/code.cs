using System;
using System.Linq;
using System.Text.RegularExpressions;

public static class SemanticVersions
{
    private const string List = "[0-9A-Za-z-]+(?:[.][0-9A-Za-z-]+)*";

    private static readonly Regex Pattern = new Regex(
        @"\A(?<core>[0-9]+[.][0-9]+[.][0-9]+)(?:-(?<prerelease>" + List + @"))?(?:\+" + List + @")?\z");

    public static int CompareVersions(string left, string right)
    {
        string[] coreA, coreB, prereleaseA, prereleaseB;
        Parse(left, out coreA, out prereleaseA);
        Parse(right, out coreB, out prereleaseB);

        int order = 0;
        for (int i = 0; i < 3 && order == 0; i++)
            order = CompareNumbers(coreA[i], coreB[i]);
        if (order != 0) return order;
        if (prereleaseA.Length == 0 || prereleaseB.Length == 0)
            return prereleaseB.Length.CompareTo(prereleaseA.Length);

        for (int i = 0; i < Math.Min(prereleaseA.Length, prereleaseB.Length) && order == 0; i++)
            order = CompareIdentifiers(prereleaseA[i], prereleaseB[i]);
        return order != 0 ? order : prereleaseA.Length.CompareTo(prereleaseB.Length);
    }

    private static void Parse(string version, out string[] core, out string[] prerelease)
    {
        Match match = Pattern.Match(version);
        core = match.Groups["core"].Value.Split('.');
        Group suffix = match.Groups["prerelease"];
        prerelease = suffix.Success ? suffix.Value.Split('.') : new string[0];
        if (!match.Success || core.Concat(prerelease).Any(part => part.Length > 1 && part[0] == '0' && IsNumber(part)))
            throw new FormatException("Malformed version: " + version);
    }

    private static bool IsNumber(string part) => part.All(c => c >= '0' && c <= '9');

    private static int CompareIdentifiers(string a, string b)
    {
        if (IsNumber(a) != IsNumber(b)) return IsNumber(a) ? -1 : 1;
        return IsNumber(a) ? CompareNumbers(a, b) : Math.Sign(string.CompareOrdinal(a, b));
    }

    // Without leading zeros the longer number is the larger one.
    private static int CompareNumbers(string a, string b)
    {
        return a.Length != b.Length ? a.Length.CompareTo(b.Length) : Math.Sign(string.CompareOrdinal(a, b));
    }
}
