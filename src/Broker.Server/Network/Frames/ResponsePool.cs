namespace Broker.Server.Network.Frames;

/// <summary>Keeps a bounded number of responses to be used again, by any thread.</summary>
public sealed class ResponsePool
{
    private const int MostKept = 512;

    private readonly Lock _gate = new();
    private readonly Stack<ResponseFrame> _kept = new();

    public ResponseFrame Rent()
    {
        lock (_gate)
            return _kept.TryPop(out ResponseFrame? response) ? response : new ResponseFrame(this);
    }

    internal void Return(ResponseFrame response)
    {
        lock (_gate)
        {
            if (_kept.Count < MostKept)
            {
                _kept.Push(response);
                return;
            }
        }

        response.Writer.Dispose();
    }
}
