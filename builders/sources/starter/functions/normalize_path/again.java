final class PathNormalizer {
    private PathNormalizer() {
    }

    static String normalizePath(String path) {
        if (path.isEmpty()) {
            throw new IllegalArgumentException("Path is empty");
        }

        boolean absolute = path.charAt(0) == '/';
        StringBuilder out = new StringBuilder(path.length());
        if (absolute) {
            out.append('/');
        }
        // Nothing before this index may be taken back: the root, or a leading run of "..".
        int floor = out.length();

        int start = 0;
        while (start < path.length()) {
            int slash = path.indexOf('/', start);
            int end = slash < 0 ? path.length() : slash;
            String part = path.substring(start, end);
            start = end + 1;

            if (part.equals("..") && out.length() > floor) {
                out.setLength(Math.max(floor, out.lastIndexOf("/")));
            } else if (part.equals("..")) {
                if (!absolute) {
                    appendPart(out, part);
                    floor = out.length();
                }
            } else if (!part.isEmpty() && !part.equals(".")) {
                appendPart(out, part);
            }
        }
        return out.length() == 0 ? "." : out.toString();
    }

    private static void appendPart(StringBuilder out, String part) {
        if (out.length() > 0 && out.charAt(out.length() - 1) != '/') {
            out.append('/');
        }
        out.append(part);
    }
}
