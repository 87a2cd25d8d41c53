import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.List;

class Driver {
    public static void main(String[] args) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] parts = line.split(" ", 2);
            int width = Integer.parseInt(parts[0]);
            try {
                List<String> lines = TextWrapper.wrapText(parts.length > 1 ? parts[1] : "", width);
                System.out.print(lines.size());
                lines.forEach(item -> System.out.print("|" + item));
                System.out.println();
            } catch (IllegalArgumentException e) {
                System.out.println("error");
            }
        }
        System.out.flush();
    }
}
