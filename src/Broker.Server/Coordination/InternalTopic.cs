using Broker.Metadata;
using Broker.Server.Controller;

namespace Broker.Server.Coordination;

/// <summary>
/// Has a coordinators' topic created when it is first needed, with the number of replicas that is configured or not at
/// all. Who asks meanwhile waits for the same answer.
/// </summary>
/// <param name="wish">The topic, with an id that was drawn for it.</param>
/// <param name="replicasSetting">The setting that says how many replicas it has.</param>
internal sealed class InternalTopic(
    IClusterView cluster, IController controller, string name, Func<TopicWish> wish, string replicasSetting)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private Task<string?>? _creation;

    /// <summary>The topic, or why there is none.</summary>
    public async ValueTask<(TopicImage? Topic, string? Reason)> EnsureAsync()
    {
        if (cluster.Image.FindTopic(name) is { } known)
            return (known, null);

        Task<string?> creation;
        lock (_gate)
            creation = _creation ??= CreateAsync();
        string? reason = await creation;
        TopicImage? topic = cluster.Image.FindTopic(name);
        return (topic, topic is null ? reason : null);
    }

    // Whoever asks first must not take the answer from the others by going away.
    private async Task<string?> CreateAsync()
    {
        await Task.Yield();
        try
        {
            TopicAnswer answer = (await controller.CreateTopicsAsync(
                [wish()], validateOnly: false, Patience, CancellationToken.None))[0];
            return answer.Refusal is { } refusal
                ? ReasonOf(refusal)
                : "The metadata group has no leader that could be asked.";
        }
        finally
        {
            lock (_gate)
                _creation = null;
        }
    }

    private string ReasonOf(Refusal refusal) => refusal.Reason == RefusalReason.InvalidReplicationFactor
        ? $"{refusal.Message} Start more brokers, or lower {replicasSetting}."
        : refusal.Message;
}
