import java.util.stream.Stream;

final class SemanticVersions {
    private static final String[] NONE = {};

    private SemanticVersions() {
    }

    static int compareVersions(String left, String right) {
        String[][] a = parse(left);
        String[][] b = parse(right);
        for (int i = 0; i < 3; i++) {
            int order = compareNumbers(a[0][i], b[0][i]);
            if (order != 0) {
                return order;
            }
        }
        if (a[1].length == 0 || b[1].length == 0) {
            return Boolean.compare(a[1].length == 0, b[1].length == 0);
        }
        for (int i = 0; i < Math.min(a[1].length, b[1].length); i++) {
            int order = compareIdentifiers(a[1][i], b[1][i]);
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(a[1].length, b[1].length);
    }

    private static String[][] parse(String version) {
        String[] halves = version.split("\\+", 2);
        String[] parts = halves[0].split("-", 2);
        String[] core = parts[0].split("\\.", -1);
        String[] prerelease = parts.length < 2 ? NONE : parts[1].split("\\.", -1);
        String[] build = halves.length < 2 ? NONE : halves[1].split("\\.", -1);

        boolean valid = core.length == 3
                && Stream.of(core).allMatch(number -> number.matches("0|[1-9][0-9]*"))
                && Stream.of(prerelease, build).flatMap(Stream::of).allMatch(part -> part.matches("[0-9A-Za-z-]+"))
                && Stream.of(prerelease).noneMatch(part -> part.matches("0[0-9]+"));
        if (!valid) {
            throw new IllegalArgumentException("malformed version: " + version);
        }
        return new String[][] {core, prerelease};
    }

    private static int compareIdentifiers(String a, String b) {
        boolean numeric = a.matches("[0-9]+");
        if (numeric != b.matches("[0-9]+")) {
            return numeric ? -1 : 1;
        }
        return numeric ? compareNumbers(a, b) : Integer.signum(a.compareTo(b));
    }

    // Without leading zeros the longer number is the larger one, however long they get.
    private static int compareNumbers(String a, String b) {
        int order = Integer.compare(a.length(), b.length());
        return order != 0 ? order : Integer.signum(a.compareTo(b));
    }
}
