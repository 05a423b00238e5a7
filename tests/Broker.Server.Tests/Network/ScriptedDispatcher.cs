using System.Buffers.Binary;
using System.Collections.Concurrent;
using Broker.Server.Network;
using Broker.Server.Network.Frames;

namespace Broker.Server.Tests.Network;

/// <summary>
/// APIs whose behaviour a test directs. Of 0 and 1 the first overlaps; their answers wait for <see cref="Finish"/>. 2
/// answers
/// at once with as many bytes as the request's body says; 3 never answers; 4 fails; all others are unknown.
/// </summary>
internal sealed class ScriptedDispatcher : IRequestDispatcher
{
    public const short Overlapping = 0;
    public const short Serial = 1;
    public const short Sized = 2;
    public const short Silent = 3;
    public const short Failing = 4;

    private readonly ResponsePool _pool = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource> _waits = new();
    private readonly ConcurrentQueue<int> _begun = new();

    /// <summary>Correlation ids in the order in which the requests began.</summary>
    public IReadOnlyCollection<int> Begun => _begun;

    public string? Objection(short apiKey, short version) => apiKey is >= 0 and <= 4 ? null : $"unknown API {apiKey}";

    public bool Overlaps(short apiKey) => apiKey == Overlapping;

    public void Finish(int correlation) => Wait(correlation).TrySetResult();

    public async ValueTask<ResponseFrame?> HandleAsync(ClientSession session, RequestFrame frame)
    {
        int correlation = BinaryPrimitives.ReadInt32BigEndian(frame.Memory.Span[4..]);
        _begun.Enqueue(correlation);
        try
        {
            int size = 0;
            switch (frame.ApiKey)
            {
                case Overlapping or Serial:
                    await Wait(correlation).Task;
                    break;
                case Sized:
                    size = BinaryPrimitives.ReadInt32BigEndian(frame.Memory.Span[8..]);
                    break;
                case Silent:
                    return null;
                default:
                    throw new InvalidOperationException("as the test wants it");
            }

            return Respond(correlation, size);
        }
        finally
        {
            frame.Release();
        }
    }

    private ResponseFrame Respond(int correlation, int size)
    {
        ResponseFrame response = _pool.Rent();
        response.Writer.BeginFrame();
        response.Writer.WriteInt32(correlation);
        response.Writer.WriteBytes(new byte[size], flexible: false);
        response.Writer.EndFrame();
        return response;
    }

    private TaskCompletionSource Wait(int correlation) => _waits.GetOrAdd(
        correlation, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
