using System.Runtime.InteropServices;
using Broker.Storage;

namespace Broker.Server.Network.Frames;

/// <summary>
/// Sends responses by gathering their pieces: as they are where they are large, copied side by side where they are
/// small,
/// because a piece costs more than its bytes then. No send is so large that a slow client would seem to stand still.
/// </summary>
internal sealed class ResponseSender(IClientTransport transport, ConnectionClock clock)
{
    private const int SendBytes = 256 * 1024;
    private const int SendSegments = 64;
    private const int SmallPiece = 2 * 1024;
    private const int ScratchBytes = 64 * 1024;

    private readonly List<ArraySegment<byte>> _segments = new(4);
    private SharedBuffer? _scratch;
    private int _scratchUsed;
    private int _bytes;

    /// <summary>Sends all of the responses, in order.</summary>
    /// <exception cref="ClientLostException">The client is gone.</exception>
    public async ValueTask SendAsync(List<ResponseFrame> responses)
    {
        bool isAlone = responses.Count == 1 && responses[0].Segments.Count == 1;
        try
        {
            foreach (ResponseFrame response in responses)
            {
                for (int i = 0; i < response.Segments.Count; i++)
                {
                    if (!MemoryMarshal.TryGetArray(response.Segments[i], out ArraySegment<byte> left))
                        throw new InvalidOperationException("A response lies outside of managed memory.");

                    while (left.Count > 0)
                    {
                        if (_bytes == SendBytes || _segments.Count == SendSegments)
                            await FlushAsync();

                        int taken = Math.Min(left.Count, SendBytes - _bytes);
                        Add(left[..taken], isAlone);
                        left = left[taken..];
                    }
                }
            }

            await FlushAsync();
        }
        finally
        {
            DropScratch();
        }
    }

    private void Add(ArraySegment<byte> piece, bool isAlone)
    {
        _bytes += piece.Count;
        if (isAlone || piece.Count > SmallPiece || _scratchUsed + piece.Count > ScratchBytes)
        {
            _segments.Add(piece);
            return;
        }

        _scratch ??= SharedBuffer.Rent(ScratchBytes);
        piece.AsSpan().CopyTo(_scratch.Span[_scratchUsed..]);
        MemoryMarshal.TryGetArray(_scratch.Memory[_scratchUsed..], out ArraySegment<byte> copy);
        _scratchUsed += piece.Count;
        ArraySegment<byte> last = _segments.Count > 0 ? _segments[^1] : default;
        if (EndsAt(last, copy))
            _segments[^1] = new ArraySegment<byte>(copy.Array!, last.Offset, last.Count + piece.Count);
        else
            _segments.Add(copy[..piece.Count]);
    }

    private static bool EndsAt(ArraySegment<byte> left, ArraySegment<byte> right) =>
        left.Array == right.Array && left.Offset + left.Count == right.Offset;

    private async ValueTask FlushAsync()
    {
        if (_segments.Count > 0)
        {
            clock.SendBegins();
            await transport.SendAsync(_segments);
            clock.SendEnds();
        }

        _segments.Clear();
        (_bytes, _scratchUsed) = (0, 0);
    }

    private void DropScratch()
    {
        _segments.Clear();
        (_bytes, _scratchUsed) = (0, 0);
        _scratch?.Release();
        _scratch = null;
    }
}
