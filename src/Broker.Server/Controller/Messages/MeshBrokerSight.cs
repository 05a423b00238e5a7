using System.Collections.Immutable;
using System.Text.Json;
using Broker.Metadata;
using Broker.Model;
using Broker.Replication;

namespace Broker.Server.Controller.Messages;

/// <summary>Sees brokers over the connections that replication has anyway. An empty call asks for room.</summary>
/// <param name="own">This broker's report.</param>
internal sealed class MeshBrokerSight(
    PeerMesh mesh, BrokerId self, ProcessIncarnation process, Func<RoomReport> own, TimeSpan patience) : IBrokerSight
{
    private static readonly PeerMethod Method = new(104);

    /// <summary>Answers what other brokers ask from now on.</summary>
    public void Serve() => mesh.Handle(
        Method, (_, _, _) => ValueTask.FromResult<ReadOnlyMemory<byte>>(RoomReportJson.Encode(own())));

    public ProcessIncarnation? Seen(BrokerId broker) => broker == self ? process : mesh.SessionWith(broker)?.Process;

    public async Task<DiskSurvey> AskDisksAsync(IEnumerable<BrokerId> brokers, CancellationToken cancellation)
    {
        (BrokerId Broker, Task<PeerReply> Reply)[] calls = [.. brokers.Select(broker => (broker, CallAsync(broker)))];
        var reports = ImmutableSortedDictionary.CreateBuilder<BrokerId, RoomReport>();
        var silent = ImmutableSortedSet.CreateBuilder<BrokerId>();
        foreach ((BrokerId broker, Task<PeerReply> call) in calls)
        {
            PeerReply reply = await call;
            if (Read(reply) is { } report)
                reports.Add(broker, report);
            else if (reply.Status != PeerCallStatus.UnknownMethod)
                silent.Add(broker);
        }

        return new DiskSurvey(reports.ToImmutable(), silent.ToImmutable());

        // Awaited here, in the context of who asks: AsTask would go on in the thread pool.
        async Task<PeerReply> CallAsync(BrokerId broker) => broker == self
            ? new PeerReply(PeerCallStatus.Ok, RoomReportJson.Encode(own()))
            : await mesh.CallAsync(broker, Method, default, patience, cancellation);
    }

    private static RoomReport? Read(PeerReply reply)
    {
        try
        {
            return reply.IsOk ? RoomReportJson.Decode(reply.Body.Span) : null;
        }
        catch (JsonException)
        {
            // A newer broker's answer that this one can't read tells nothing.
            return null;
        }
    }
}
