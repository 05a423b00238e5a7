using Broker.Protocol;

namespace Broker.Client.Connections;

/// <summary>Who waits for which answer. A broker answers in order, so it is a queue. Any thread.</summary>
internal sealed class PendingResponses
{
    private readonly Queue<(int CorrelationId, TaskCompletionSource<ResponseFrame> Answer)> _waiting = new();
    private UnreachableException? _closedBy;

    public bool IsClosed => Volatile.Read(ref _closedBy) is not null;

    /// <exception cref="UnreachableException">The connection is closed already.</exception>
    public Task<ResponseFrame> Add(int correlationId)
    {
        TaskCompletionSource<ResponseFrame> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_waiting)
        {
            if (_closedBy is not null)
            {
                throw _closedBy;
            }

            _waiting.Enqueue((correlationId, answer));
        }

        return answer.Task;
    }

    /// <exception cref="ProtocolException">It is not the answer that is due.</exception>
    public void Complete(int correlationId, ResponseFrame frame)
    {
        TaskCompletionSource<ResponseFrame> answer;
        lock (_waiting)
        {
            if (!_waiting.TryPeek(out var next) || next.CorrelationId != correlationId)
            {
                throw new ProtocolException($"an answer to request {correlationId} came, which is not the next one");
            }

            answer = _waiting.Dequeue().Answer;
        }

        answer.SetResult(frame);
    }

    /// <summary>Fails all that wait; false if that was done already.</summary>
    public bool Close(UnreachableException cause)
    {
        TaskCompletionSource<ResponseFrame>[] lost;
        lock (_waiting)
        {
            if (_closedBy is not null)
            {
                return false;
            }

            _closedBy = cause;
            lost = [.. _waiting.Select(waiting => waiting.Answer)];
            _waiting.Clear();
        }

        foreach (TaskCompletionSource<ResponseFrame> answer in lost)
        {
            answer.SetException(cause);
        }

        return true;
    }
}
