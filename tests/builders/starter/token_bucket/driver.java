import java.util.Scanner;
import java.util.StringJoiner;

class Driver {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        while (in.hasNextLine()) {
            String[] f = in.nextLine().split(" ");
            try {
                TokenBucket bucket = new TokenBucket(Integer.parseInt(f[0]), Integer.parseInt(f[1]));
                StringJoiner out = new StringJoiner(" ");
                for (int i = 2; i < f.length; i += 2) {
                    out.add(bucket.allow(Long.parseLong(f[i]), Integer.parseInt(f[i + 1])) ? "yes" : "no");
                }
                System.out.println(out);
            } catch (IllegalArgumentException e) {
                System.out.println("error");
            }
        }
    }
}
