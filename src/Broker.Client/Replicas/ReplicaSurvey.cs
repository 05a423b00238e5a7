using Broker.Model;

namespace Broker.Client.Replicas;

/// <summary>What all brokers that answered told of their replicas.</summary>
/// <param name="Replicas">By partition, and there by broker.</param>
/// <param name="Silent">The brokers that did not answer, and why.</param>
public sealed record ReplicaSurvey(
    IReadOnlyDictionary<TopicPartition, IReadOnlyList<ReplicaDescription>> Replicas,
    IReadOnlyDictionary<BrokerId, string> Silent)
{
    public IReadOnlyList<ReplicaDescription> Of(TopicPartition partition) =>
        Replicas.TryGetValue(partition, out IReadOnlyList<ReplicaDescription>? replicas) ? replicas : [];

    /// <summary>
    /// The leader of the highest term: one of an older term that has not heard of the newer one may still take itself
    /// for one. Null if nobody that answered leads.
    /// </summary>
    public ReplicaDescription? LeaderOf(TopicPartition partition) =>
        Of(partition).Where(replica => replica.IsLeader).MaxBy(replica => replica.Term.Value);

    /// <summary>
    /// The latest first, each term once: as its winner tells it, who alone knows why, and else as it was heard first.
    /// </summary>
    public IReadOnlyList<ElectionDescription> ElectionsOf(TopicPartition partition) =>
    [
        .. Of(partition)
            .SelectMany(replica => replica.Elections)
            .GroupBy(election => election.Term)
            .OrderByDescending(term => term.Key.Value)
            .Select(term =>
                term.OrderBy(election => election.Reason.Length == 0).ThenBy(election => election.At).First()),
    ];
}
