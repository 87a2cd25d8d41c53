import java.util.ArrayDeque;
import java.util.Deque;

final class PathNormalizer {
    private static final String PARENT = "..";

    private PathNormalizer() {
    }

    static String normalizePath(String path) {
        if (path.isEmpty()) {
            throw new IllegalArgumentException("Path is empty");
        }

        boolean absolute = path.startsWith("/");
        Deque<String> parts = new ArrayDeque<>();
        for (String part : path.split("/")) {
            if (part.isEmpty() || part.equals(".")) {
                continue;
            }
            if (!part.equals(PARENT)) {
                parts.addLast(part);
            } else if (!parts.isEmpty() && !parts.peekLast().equals(PARENT)) {
                parts.removeLast();
            } else if (!absolute) {
                parts.addLast(part);
            }
        }

        String joined = String.join("/", parts);
        if (absolute) {
            return "/" + joined;
        }
        return joined.isEmpty() ? "." : joined;
    }
}
