import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

class Driver {
    public static void main(String[] args) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        String line;
        while ((line = in.readLine()) != null) {
            try {
                StringBuilder result = new StringBuilder();
                for (String field : CsvLineParser.parseCsvLine(line.replace('~', '\n'))) {
                    result.append('[').append(field.replace('\n', '~')).append(']');
                }
                out.println(result);
            } catch (IllegalArgumentException e) {
                out.println("error");
            }
        }
    }
}
