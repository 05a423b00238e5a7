using Broker.Metadata;
using Broker.Model;

namespace Broker.Server.Controller;

/// <summary>
/// Lets leaders become true before a client is told of them. A client that loses its leader asks another broker within
/// a millisecond, earlier than that broker hears of the loss; told the old leader, librdkafka waits a second before it
/// asks again. So the leaders are asked for a sign of life first, and a partition that has just lost its leader gets
/// the time of an election. Any thread.
/// </summary>
/// <param name="hasSession">Whether this broker has a session with that one now.</param>
/// <param name="signOfLife">Done when the broker has answered, its session has ended, or the time is over.</param>
internal sealed class LeaderSettling(
    BrokerId self,
    Func<BrokerId, bool> hasSession,
    Func<BrokerId, TimeSpan, CancellationToken, Task> signOfLife,
    TimeProvider time)
{
    /// <summary>A broker that lives but needs longer is named all the same.</summary>
    public static readonly TimeSpan Answer = TimeSpan.FromMilliseconds(100);

    /// <summary>What an election after a process's end takes, several times over.</summary>
    public static readonly TimeSpan Election = TimeSpan.FromMilliseconds(400);

    /// <summary>A partition that has been without a leader for longer is not waited for.</summary>
    public static readonly TimeSpan Recent = TimeSpan.FromSeconds(1);

    private readonly Pulse _changes = new();
    private long _lastLoss = long.MinValue;

    private bool HasLostRecently => Volatile.Read(ref _lastLoss) is var last
        && last != long.MinValue
        && time.GetElapsedTime(last) < Recent;

    /// <summary>A session with a peer ended.</summary>
    public void Lost() => Volatile.Write(ref _lastLoss, time.GetTimestamp());

    /// <summary>A leader may have changed.</summary>
    public void Changed() => _changes.Fire();

    /// <summary>Cancelled, it ends at once: the answer is what is known then.</summary>
    public async ValueTask SettleAsync(
        IClusterView view, IReadOnlyCollection<TopicImage> topics, CancellationToken cancellation)
    {
        try
        {
            await HearFromLeadersAsync(view, topics, cancellation);
            if (HasLostRecently)
                await UntilLedAsync(view, topics, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return;
        }
    }

    private async ValueTask HearFromLeadersAsync(
        IClusterView view, IReadOnlyCollection<TopicImage> topics, CancellationToken cancellation)
    {
        var leaders = new SortedSet<BrokerId>();
        foreach ((TopicImage topic, int partition) in Partitions(topics))
            leaders.Add(view.LeaderOf(topic, partition).Leader);

        leaders.Remove(self);
        leaders.Remove(BrokerId.None);
        Task[] signs = [.. leaders.Select(leader => signOfLife(leader, Answer, cancellation))];
        foreach (Task sign in signs)
            await sign;
    }

    private async ValueTask UntilLedAsync(
        IClusterView view, IReadOnlyCollection<TopicImage> topics, CancellationToken cancellation)
    {
        var open = new Stack<(TopicImage Topic, int Partition)>(
            Partitions(topics).Where(each => !IsLed(view, each.Topic, each.Partition)));
        await _changes.UntilAsync(() => AreLed(view, open), Election, time, cancellation);
    }

    private bool IsLed(IClusterView view, TopicImage topic, int partition) =>
        view.LeaderOf(topic, partition).Leader is var leader
        && leader != BrokerId.None
        && (leader == self || hasSession(leader));

    // What has a leader is not looked at again: an election of thousands of partitions tells of each.
    private bool AreLed(IClusterView view, Stack<(TopicImage Topic, int Partition)> open)
    {
        while (open.TryPeek(out (TopicImage Topic, int Partition) next) && IsLed(view, next.Topic, next.Partition))
            open.Pop();

        return open.Count == 0;
    }

    private static IEnumerable<(TopicImage Topic, int Partition)> Partitions(IReadOnlyCollection<TopicImage> topics) =>
        topics.SelectMany(topic => Enumerable.Range(0, topic.Partitions.Count).Select(index => (topic, index)));
}
