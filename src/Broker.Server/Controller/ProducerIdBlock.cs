using Broker.Model;
using Broker.Server.Controller.Messages;

namespace Broker.Server.Controller;

/// <summary>Hands out producer ids from this broker's block, and fetches the next block when it is used up.</summary>
internal sealed class ProducerIdBlock(ControllerRoute route, Func<AllocateProducerIds> request, TimeSpan patience)
    : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private long _next;
    private long _end;

    /// <summary>Null while no metadata leader can be asked.</summary>
    public async ValueTask<ProducerId?> NextAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            if (_next == _end)
            {
                ControllerReply? reply = await route.AskAsync(request(), patience, cancellation);
                if (reply is not { Status: ControllerStatus.Done, ProducerIds: > 0 })
                    return null;
                _next = reply.FirstProducerId;
                _end = _next + reply.ProducerIds;
            }

            return new ProducerId(_next++);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
