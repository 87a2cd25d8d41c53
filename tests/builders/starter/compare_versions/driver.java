import java.util.Scanner;

class Driver {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        while (in.hasNextLine()) {
            String[] versions = in.nextLine().split(" ");
            try {
                System.out.println(SemanticVersions.compareVersions(versions[0], versions[1]));
            } catch (IllegalArgumentException e) {
                System.out.println("error");
            }
        }
    }
}
