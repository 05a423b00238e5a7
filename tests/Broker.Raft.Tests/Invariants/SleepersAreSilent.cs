using Broker.Model;
using Broker.Raft.Tests.Clusters;
using Broker.Raft.Tests.Worlds;

namespace Broker.Raft.Tests.Invariants;

/// <summary>A sleeper says nothing but that it sleeps.</summary>
public sealed class SleepersAreSilent : Invariant
{
    private readonly HashSet<BrokerId> _asleep = [];

    public override void AfterEvent(World world, Node node)
    {
        if (node.IsUp && node.Core.IsAsleep)
            _asleep.Add(node.Id);
        else
            _asleep.Remove(node.Id);
    }

    public override void OnSend(World world, Node node, in RaftMessage message)
    {
        bool slept = _asleep.Contains(node.Id) && node.Core.IsAsleep;
        Require(!slept || message is { Kind: MessageKind.HeartbeatReply, Sleep: true },
            $"{node.Id} sleeps and sends {message.Kind} to {message.To}");
    }
}
