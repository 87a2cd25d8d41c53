import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;

class Driver {
    public static void main(String[] args) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            try {
                System.out.println(DurationParser.parseDuration(line));
            } catch (IllegalArgumentException e) {
                System.out.println("error");
            }
        }
        System.out.flush();
    }
}
