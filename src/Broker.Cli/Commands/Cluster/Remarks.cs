using Broker.Client.Replicas;

namespace Broker.Cli.Commands.Cluster;

/// <summary>What is out of the ordinary with a replica, in words.</summary>
internal static class Remarks
{
    public static string Of(ReplicaDescription replica, bool isLearner) => string.Join(
        ", ",
        new[]
        {
            isLearner ? "learns" : "",
            replica.IsDamaged ? "damaged: is opened anew and filled" : "",
            replica.BeginsAnew ? "begins anew" : "",
            replica is { Abstains: true, IsDamaged: false } ? "abstains until it is filled" : "",
            replica.IsStorageFull ? "disk full" : "",
            replica.IsAsleep ? "asleep" : "",
        }.Where(remark => remark.Length > 0));
}
