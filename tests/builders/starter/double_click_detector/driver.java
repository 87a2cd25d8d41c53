import java.util.Scanner;
import java.util.StringJoiner;

class Driver {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        while (in.hasNextLine()) {
            String[] f = in.nextLine().split(" ");
            StringJoiner out = new StringJoiner(" ").setEmptyValue("none");
            try {
                DoubleClickDetector detector = new DoubleClickDetector(Long.parseLong(f[0]));
                detector.addListener((time, button) -> out.add(time + ":" + button));
                for (int i = 1; i < f.length; i += 2) {
                    detector.click(Long.parseLong(f[i]), Integer.parseInt(f[i + 1]));
                }
                System.out.println(out);
            } catch (IllegalArgumentException e) {
                System.out.println("error");
            }
        }
    }
}
