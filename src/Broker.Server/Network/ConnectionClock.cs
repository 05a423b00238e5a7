using Broker.Server.Configuration;

namespace Broker.Server.Network;

/// <summary>
/// Watches one connection for silence: a client that stops in the middle of a request or does not take what it is
/// sent is
/// cut off after the stall time, one that wants nothing after the idle time. Looks only now and then, so that a request
/// costs no more than noting the time.
/// </summary>
internal sealed class ConnectionClock(
    TimeProvider time, Deadlines deadlines, ConnectionLimits limits, Func<bool> isIdle, Action<string> cutOff)
    : Deadline
{
    private long _received = time.GetTimestamp();
    private long _sendBegun;
    private bool _isMidFrame;
    private bool _isStopped;

    public void Start() => deadlines.Add(this, deadlines.After(NextLook));

    public void Stop()
    {
        Volatile.Write(ref _isStopped, true);
        deadlines.Remove(this);
    }

    public void Received(bool midFrame)
    {
        Volatile.Write(ref _isMidFrame, midFrame);
        Volatile.Write(ref _received, time.GetTimestamp());
    }

    public void SendBegins() => Volatile.Write(ref _sendBegun, time.GetTimestamp());

    public void SendEnds()
    {
        Volatile.Write(ref _sendBegun, 0);
        Volatile.Write(ref _received, time.GetTimestamp());
    }

    protected internal override void Expired()
    {
        long sendBegun = Volatile.Read(ref _sendBegun);
        TimeSpan quiet = time.GetElapsedTime(Volatile.Read(ref _received));
        if (sendBegun != 0 && time.GetElapsedTime(sendBegun) >= limits.StallTime)
            cutOff("it does not take its responses");
        else if (sendBegun == 0 && Volatile.Read(ref _isMidFrame) && quiet >= limits.StallTime)
            cutOff("it stopped in the middle of a request");
        else if (sendBegun == 0 && quiet >= limits.IdleTime && isIdle())
            cutOff("it was idle");
        else if (!Volatile.Read(ref _isStopped))
            deadlines.Add(this, deadlines.After(NextLook));
    }

    private TimeSpan NextLook => limits.StallTime < limits.IdleTime ? limits.StallTime / 2 : limits.IdleTime / 2;
}
