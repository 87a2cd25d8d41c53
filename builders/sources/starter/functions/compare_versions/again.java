import java.math.BigInteger;
import java.util.Arrays;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

final class SemanticVersions {
    private static final String LIST = "([0-9A-Za-z-]++(?:\\.[0-9A-Za-z-]++)*+)";
    private static final Pattern VERSION =
            Pattern.compile("([0-9]++\\.[0-9]++\\.[0-9]++)(?:-" + LIST + ")?(?:\\+" + LIST + ")?");
    private static final Comparator<Version> PRECEDENCE =
            Comparator.comparing(Version::core, Arrays::compare)
                    .thenComparing(Version::isRelease)
                    .thenComparing(Version::prerelease, Arrays::compare);

    private SemanticVersions() {
    }

    private record Identifier(BigInteger number, String text) implements Comparable<Identifier> {
        static Identifier of(String part) {
            if (part.matches("0[0-9]+")) {
                throw new IllegalArgumentException("leading zero in version part " + part);
            }
            return part.matches("[0-9]+") ? new Identifier(new BigInteger(part), "") : new Identifier(null, part);
        }

        @Override
        public int compareTo(Identifier other) {
            if (number != null && other.number != null) {
                return number.compareTo(other.number);
            }
            // The text of a number is empty, which puts it before every other identifier.
            return text.compareTo(other.text);
        }
    }

    private record Version(Identifier[] core, Identifier[] prerelease) {
        static Version of(String version) {
            Matcher matcher = VERSION.matcher(version);
            if (!matcher.matches()) {
                throw new IllegalArgumentException("malformed version: " + version);
            }
            String suffix = matcher.group(2);
            return new Version(split(matcher.group(1)), suffix == null ? new Identifier[0] : split(suffix));
        }

        private static Identifier[] split(String dotted) {
            return Stream.of(dotted.split("\\.")).map(Identifier::of).toArray(Identifier[]::new);
        }

        boolean isRelease() {
            return prerelease.length == 0;
        }
    }

    static int compareVersions(String left, String right) {
        return Integer.signum(PRECEDENCE.compare(Version.of(left), Version.of(right)));
    }
}
