using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Broker.MetadataQuorum;

/// <summary>A stream between two voters in the form that DotNext's transport takes. Owns the stream.</summary>
internal sealed class VoterConnection : ConnectionContext, IDuplexPipe
{
    // DotNext sends blocks of as many bytes as the writer offers at once.
    private const int BlockSize = 64 * 1024;

    private readonly Stream _stream;
    private readonly CancellationTokenSource _closed = new();
    private int _ended;

    public VoterConnection(Stream stream, string id)
    {
        _stream = stream;
        ConnectionId = id;
        Transport = this;
        ConnectionClosed = _closed.Token;
        Input = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: BlockSize, leaveOpen: true));
        Output = PipeWriter.Create(stream, new StreamPipeWriterOptions(minimumBufferSize: BlockSize, leaveOpen: true));
    }

    public override string ConnectionId { get; set; }

    public override IDuplexPipe Transport { get; set; }

    public override IFeatureCollection Features { get; } = new FeatureCollection();

    public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    public override void Abort(ConnectionAbortedException abortReason) => Abort();

    public override void Abort()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
        {
            _stream.Dispose();
            _closed.Cancel();
        }
    }

    public override ValueTask DisposeAsync()
    {
        Abort();
        return ValueTask.CompletedTask;
    }
}
