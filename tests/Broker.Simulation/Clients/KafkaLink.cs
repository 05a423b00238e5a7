using System.Buffers.Binary;
using Broker.Model;
using Broker.Protocol;
using Broker.Replication;
using Broker.Server.Network;
using Broker.Simulation.Invariants;
using Broker.Simulation.Network;

namespace Broker.Simulation.Clients;

/// <summary>
/// A client's connection with one broker: frames of the Kafka protocol, any number of requests under way, answers in
/// order. It ends at the first thing that goes wrong, an answer that takes too long included.
/// </summary>
internal sealed class KafkaLink
{
    private readonly ClientEnd _end;
    private readonly TimeProvider _time;
    private readonly Findings _findings;
    private readonly Queue<Asked> _asked = new();
    private int _last;

    private KafkaLink(ClientEnd end, TimeProvider time, Findings findings)
    {
        _end = end;
        _time = time;
        _findings = findings;
    }

    private sealed record Asked(int Correlation, TaskCompletionSource<byte[]> Answer);

    public BrokerId Broker => _end.Broker;

    public bool IsLost { get; private set; }

    /// <exception cref="LinkLostException">Refused, or nobody answers.</exception>
    public static async Task<KafkaLink> OpenAsync(
        Func<Task<ClientEnd>> connect, TimeProvider time, TimeSpan patience, Findings findings)
    {
        Task<ClientEnd> connecting = connect();
        try
        {
            if (!await connecting.WithinAsync(patience, time, CancellationToken.None))
                throw new LinkLostException("nobody answers");
        }
        catch (ClientLostException refused)
        {
            throw new LinkLostException(refused.Message);
        }

        var link = new KafkaLink(await connecting, time, findings);
        _ = link.ReceiveAsync();
        return link;
    }

    /// <summary>Sends at once: requests go out in the order of the calls.</summary>
    /// <exception cref="LinkLostException">No answer came.</exception>
    public async Task<TResponse> AskAsync<TResponse>(
        IRequestFor<TResponse> request, short version, TimeSpan patience)
        where TResponse : class, IResponse, new()
    {
        if (IsLost)
            throw new LinkLostException("lost before");

        int correlation = ++_last;
        var asked = new Asked(correlation, new TaskCompletionSource<byte[]>());
        _asked.Enqueue(asked);
        Send(request, version, correlation);
        if (!await asked.Answer.Task.WithinAsync(patience, _time, CancellationToken.None))
            Lose($"no answer within {patience.TotalMilliseconds} ms");
        return Decode<TResponse>(await asked.Answer.Task, request.ApiKey, version);
    }

    public void Lose(string why)
    {
        if (IsLost)
            return;

        IsLost = true;
        _end.Dispose();
        while (_asked.TryDequeue(out Asked? asked))
            asked.Answer.SetException(new LinkLostException(why));
    }

    private void Send(IRequest request, short version, int correlation)
    {
        using var writer = new ProtocolWriter();
        Frame.WriteRequest(writer, RequestHeader.For(request.ApiKey, version, correlation, _end.Client), request);
        try
        {
            _end.Send(writer.ToArray());
        }
        catch (ClientLostException lost)
        {
            Lose(lost.Message);
        }
    }

    private TResponse Decode<TResponse>(byte[] frame, ApiKey key, short version)
        where TResponse : class, IResponse, new()
    {
        var response = new TResponse();
        try
        {
            var reader = new ProtocolReader(frame);
            ResponseHeader.Read(ref reader, ApiCatalogue.Of(key), version);
            response.Read(ref reader, version);
            reader.ExpectEnd();
        }
        catch (ProtocolException unreadable)
        {
            _findings.Add($"broker {Broker} answers {key} with {unreadable.Message}");
            throw new LinkLostException(unreadable.Message);
        }

        return response;
    }

    private async Task ReceiveAsync()
    {
        try
        {
            byte[] length = new byte[4];
            while (await FillAsync(length))
            {
                byte[] frame = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
                if (!await FillAsync(frame))
                    break;

                Asked asked = _asked.Dequeue();
                if (asked.Correlation != BinaryPrimitives.ReadInt32BigEndian(frame))
                    _findings.Add($"broker {Broker} answers out of order");
                asked.Answer.SetResult(frame);
            }

            Lose("the broker ended it");
        }
        catch (ClientLostException lost)
        {
            Lose(lost.Message);
        }
    }

    private async Task<bool> FillAsync(Memory<byte> into)
    {
        while (into.Length > 0)
        {
            int got = await _end.ReceiveAsync(into);
            if (got == 0)
                return false;
            into = into[got..];
        }

        return true;
    }
}
