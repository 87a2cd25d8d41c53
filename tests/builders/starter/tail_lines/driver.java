import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

class Driver {
    public static void main(String[] args) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Path path = Path.of("tail_lines.tmp");
        for (String input; (input = in.readLine()) != null; ) {
            String[] parts = input.split("\\|", 2);
            if (parts.length == 2) {
                Files.writeString(path, parts[1].replace("\\n", "\n"));
            }
            try {
                List<String> lines = FileTail.tailLines(path, Integer.parseInt(parts[0]));
                out.print(lines.size() + ":");
                lines.forEach(line -> out.print(" [" + line + "]"));
                out.println();
            } catch (IOException | IllegalArgumentException e) {
                out.println("error");
            }
            Files.deleteIfExists(path);
        }
    }
}
