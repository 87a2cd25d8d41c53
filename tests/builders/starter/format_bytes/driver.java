import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;

class Driver {
    public static void main(String[] args) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            long count = Long.parseLong(line);
            try {
                System.out.println(ByteFormatter.formatBytes(count));
            } catch (IllegalArgumentException e) {
                System.out.println("error");
            }
        }
        System.out.flush();
    }
}
