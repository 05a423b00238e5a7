using Broker.Model;
using MessagePack;

namespace Broker.MetadataQuorum;

/// <summary>Asks brokers where they stand. Each side tells the other the newest voters that it knows.</summary>
internal sealed class SeatSurvey(QuorumEnvironment environment, Seat seat)
{
    /// <summary>What one broker says; null if it does not answer, or not in a way that is understood.</summary>
    public async ValueTask<SeatReport?> AskAsync(BrokerId broker, TimeSpan patience, CancellationToken cancellation)
    {
        ReadOnlyMemory<byte>? answer = await environment.Channel.CallAsync(
            broker, SeatCodec.Question(seat.Roll), patience, cancellation);
        try
        {
            return answer is { IsEmpty: false } bytes ? SeatCodec.ReadReport(bytes) : null;
        }
        catch (Exception e) when (e is MessagePackSerializationException or EndOfStreamException)
        {
            environment.Log.Unreadable(broker, e);
            return null;
        }
    }

    /// <summary>What all of them say, asked at the same time; who does not answer is missing.</summary>
    public async ValueTask<SortedDictionary<BrokerId, SeatReport>> AskAsync(
        IEnumerable<BrokerId> brokers, TimeSpan patience, CancellationToken cancellation)
    {
        var reports = new SortedDictionary<BrokerId, SeatReport>();
        (BrokerId Broker, Task<SeatReport?> Report)[] asked =
            [.. brokers.Select(broker => (broker, AskAsync(broker, patience, cancellation).AsTask()))];
        foreach ((BrokerId broker, Task<SeatReport?> report) in asked)
        {
            if (await report is { } said)
            {
                reports.Add(broker, said);
            }
        }

        return reports;
    }
}
