using Broker.Model;
using Broker.Replication;
using Broker.Server.Controller.Messages;

namespace Broker.Server.Controller;

/// <summary>Hands out producer ids from this broker's block, and fetches the next block when it is used up.</summary>
internal sealed class ProducerIdBlock(ControllerRoute route, Func<AllocateProducerIds> request, TimeSpan patience)
{
    private readonly Turns _turn = new(1);
    private long _next;
    private long _end;

    /// <summary>Null while no metadata leader can be asked.</summary>
    public async ValueTask<ProducerId?> NextAsync(CancellationToken cancellation)
    {
        await _turn.EnterAsync(cancellation);
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
            _turn.Leave();
        }
    }
}
