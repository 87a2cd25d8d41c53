import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

final class FileTail {
    private FileTail() {
    }

    static List<String> tailLines(Path path, int count) throws IOException {
        if (count < 0) {
            throw new IllegalArgumentException("Count must not be negative: " + count);
        }
        Deque<String> window = new ArrayDeque<>();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(path))) {
            // BufferedReader.readLine() would also split at a carriage return.
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int next = in.read(); next >= 0; next = in.read()) {
                if (next == '\n') {
                    keep(window, line, count);
                    line.reset();
                } else {
                    line.write(next);
                }
            }
            if (line.size() > 0) {
                keep(window, line, count);
            }
        }
        return List.copyOf(window);
    }

    private static void keep(Deque<String> window, ByteArrayOutputStream line, int count) {
        window.addLast(line.toString(StandardCharsets.UTF_8));
        if (window.size() > count) {
            window.removeFirst();
        }
    }
}
