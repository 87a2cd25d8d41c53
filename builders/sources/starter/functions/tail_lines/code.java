import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

final class FileTail {
    private static final int BLOCK_SIZE = 8192;

    private FileTail() {
    }

    static List<String> tailLines(Path path, int count) throws IOException {
        if (count < 0) {
            throw new IllegalArgumentException("Count must not be negative: " + count);
        }
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
            long offset = tailOffset(file, count);
            byte[] tail = new byte[Math.toIntExact(file.length() - offset)];
            if (tail.length == 0) {
                return List.of();
            }
            file.seek(offset);
            file.readFully(tail);

            int length = tail[tail.length - 1] == '\n' ? tail.length - 1 : tail.length;
            String text = new String(tail, 0, length, StandardCharsets.UTF_8);
            return List.of(text.split("\n", -1));
        }
    }

    private static long tailOffset(RandomAccessFile file, int count) throws IOException {
        long size = file.length();
        if (count == 0) {
            return size;
        }

        byte[] block = new byte[BLOCK_SIZE];
        int found = 0;
        long position = size - 1;
        while (position > 0) {
            int length = (int) Math.min(block.length, position);
            position -= length;
            file.seek(position);
            file.readFully(block, 0, length);
            for (int i = length - 1; i >= 0; i--) {
                if (block[i] == '\n' && ++found == count) {
                    return position + i + 1;
                }
            }
        }
        return 0;
    }
}
