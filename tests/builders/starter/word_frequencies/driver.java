import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Scanner;
import java.util.stream.Collectors;

class Driver {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in, StandardCharsets.UTF_8);
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        while (in.hasNextLine()) {
            String[] f = in.nextLine().split(" ", 2);
            try {
                String pairs = WordFrequencies.mostFrequent(f.length > 1 ? f[1] : "", Integer.parseInt(f[0])).stream()
                    .map(entry -> entry.getKey() + ":" + entry.getValue())
                    .collect(Collectors.joining(" "));
                out.println(pairs.isEmpty() ? "none" : pairs);
            } catch (IllegalArgumentException e) {
                out.println("error");
            }
        }
    }
}
