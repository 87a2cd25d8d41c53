using System;
using System.Collections.Generic;

public sealed class EventBus<T>
{
    private sealed class Subscription
    {
        public string Topic;
        public Action<T> Handler;
        public bool Active = true;
    }

    private readonly Dictionary<string, List<Subscription>> topics = new Dictionary<string, List<Subscription>>();
    private readonly Dictionary<int, Subscription> byToken = new Dictionary<int, Subscription>();
    private int lastToken;

    public int Subscribe(string topic, Action<T> handler)
    {
        if (topic == null)
            throw new ArgumentNullException(nameof(topic));
        if (handler == null)
            throw new ArgumentNullException(nameof(handler));
        var subscription = new Subscription { Topic = topic, Handler = handler };
        if (!topics.TryGetValue(topic, out var list))
            topics[topic] = list = new List<Subscription>();
        list.Add(subscription);
        byToken[++lastToken] = subscription;
        return lastToken;
    }

    public bool Unsubscribe(int token)
    {
        if (!byToken.TryGetValue(token, out var subscription))
            return false;
        byToken.Remove(token);
        subscription.Active = false;
        var list = topics[subscription.Topic];
        list.Remove(subscription);
        if (list.Count == 0)
            topics.Remove(subscription.Topic);
        return true;
    }

    public int Publish(string topic, T payload)
    {
        if (!topics.TryGetValue(topic, out var list))
            return 0;
        int called = 0;
        foreach (var subscription in list.ToArray())
        {
            if (!subscription.Active)
                continue;
            subscription.Handler(payload);
            called++;
        }
        return called;
    }
}
