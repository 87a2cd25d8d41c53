using System;
using System.Collections.Generic;

public sealed class Driver
{
    private readonly EventBus<int> bus = new EventBus<int>();
    private readonly List<string> log = new List<string>();
    private int labels;
    private int payloads;

    private void Step(string text)
    {
        string topic = text.Substring(1, 1);
        if (text[0] == '+')
        {
            int label = ++labels;
            bus.Subscribe(topic, payload =>
            {
                log.Add(label + ":" + payload);
                if (text.Length > 2)
                    Step(text.Substring(2));
            });
        }
        else if (text[0] == '-')
            log.Add(bus.Unsubscribe(int.Parse(text.Substring(1))) ? "ok" : "no");
        else if (text[0] == '!')
            log.Add("=" + bus.Publish(topic, ++payloads));
        else
            bus.Subscribe(topic, null);
    }

    public static void Main()
    {
        string line;
        while ((line = Console.ReadLine()) != null)
        {
            var driver = new Driver();
            try
            {
                foreach (string text in line.Split(' '))
                    driver.Step(text);
                Console.WriteLine(string.Join(" ", driver.log));
            }
            catch (ArgumentNullException)
            {
                Console.WriteLine("error");
            }
        }
    }
}
