using System.Buffers;
using MessagePack;

namespace Broker.Replication;

/// <summary>
/// The calls of this broker that wait for an answer of one peer, and the layout of calls and answers.
/// </summary>
internal sealed class PeerCalls(PeerMeshContext context)
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, TaskCompletionSource<PeerReply>> _waiting = [];
    private long _last;

    public readonly record struct Request(long Id, PeerMethod Method);

    public async ValueTask<PeerReply> CallAsync(
        PeerChannel channel, PeerMethod method, ReadOnlyMemory<byte> body, TimeSpan timeout, CancellationToken token)
    {
        var answer = new TaskCompletionSource<PeerReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        long id = Register(answer);
        using var expiry = new CancellationTokenSource(timeout, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(expiry.Token, token);
        try
        {
            return channel.TrySend(WriteRequest(id, method, body))
                ? await answer.Task.OrCancelledAsync(either.Token)
                : new PeerReply(PeerCallStatus.Unavailable, default);
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested)
        {
            return new PeerReply(PeerCallStatus.TimedOut, default);
        }
        finally
        {
            Take(id);
        }
    }

    public void Answered(in ReceivedFrame frame)
    {
        var reader = new MessagePackReader(frame.Header);
        long id = reader.ReadInt64();
        var status = (PeerCallStatus)reader.ReadInt32();
        Take(id)?.TrySetResult(new PeerReply(status, frame.Payload.ToArray()));
    }

    /// <summary>The session has ended: nobody will answer.</summary>
    public void Lose()
    {
        List<TaskCompletionSource<PeerReply>> lost;
        lock (_gate)
        {
            lost = [.. _waiting.Values];
            _waiting.Clear();
        }

        foreach (TaskCompletionSource<PeerReply> answer in lost)
            answer.TrySetResult(new PeerReply(PeerCallStatus.Lost, default));
    }

    public static Request ReadRequest(in ReceivedFrame frame)
    {
        var reader = new MessagePackReader(frame.Header);
        return new Request(reader.ReadInt64(), new PeerMethod(reader.ReadInt32()));
    }

    public static PeerFrame WriteResponse(PeerFrame frame, long id, PeerReply reply)
    {
        var writer = new MessagePackWriter(frame);
        writer.Write(id);
        writer.Write((int)reply.Status);
        writer.Flush();
        frame.AddPayload(reply.Body);
        return frame.Seal();
    }

    private PeerFrame WriteRequest(long id, PeerMethod method, ReadOnlyMemory<byte> body)
    {
        PeerFrame frame = context.Frames.Begin(PeerFrameKind.Request);
        var writer = new MessagePackWriter(frame);
        writer.Write(id);
        writer.Write(method.Number);
        writer.Flush();
        // The caller may give up and reuse the bytes while they still wait to be sent.
        frame.AddPayload(body.ToArray());
        return frame.Seal();
    }

    private long Register(TaskCompletionSource<PeerReply> answer)
    {
        lock (_gate)
        {
            _waiting.Add(++_last, answer);
            return _last;
        }
    }

    private TaskCompletionSource<PeerReply>? Take(long id)
    {
        lock (_gate)
            return _waiting.Remove(id, out TaskCompletionSource<PeerReply>? answer) ? answer : null;
    }
}
