import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;

class Driver {
    private final EventBus<Integer> bus = new EventBus<>();
    private final List<String> log = new ArrayList<>();
    private int labels;
    private int payloads;

    void step(String text) {
        String topic = text.substring(1, 2);
        switch (text.charAt(0)) {
            case '+' -> {
                int label = ++labels;
                bus.subscribe(topic, payload -> {
                    log.add(label + ":" + payload);
                    if (text.length() > 2) {
                        step(text.substring(2));
                    }
                });
            }
            case '-' -> log.add(bus.unsubscribe(Integer.parseInt(text.substring(1))) ? "ok" : "no");
            case '!' -> log.add("=" + bus.publish(topic, ++payloads));
            default -> bus.subscribe(topic, null);
        }
    }

    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        while (in.hasNextLine()) {
            Driver driver = new Driver();
            try {
                for (String text : in.nextLine().split(" ")) {
                    driver.step(text);
                }
                System.out.println(String.join(" ", driver.log));
            } catch (NullPointerException e) {
                System.out.println("error");
            }
        }
    }
}
