using BenchmarkDotNet.Running;
using Broker.Benchmarks.Clients;
using Broker.Benchmarks.Disks;
using Broker.Benchmarks.Metadata;
using Broker.Benchmarks.Quorum;
using Broker.Benchmarks.Replication;

// What a cluster does is measured over seconds, not by the benchmark runner.
if (args is ["replication", .. string[] load])
    return await ClusterLoad.RunAsync(load);

// What many idle groups cost, likewise.
if (args is ["scale", .. string[] scale])
    return await ScaleLoad.RunAsync(scale);

// What the metadata group does, likewise.
if (args is ["metadata", .. string[] records])
    return await QuorumLoad.RunAsync(records);

// What DotNext's engine does without our room around it.
if (args is ["engine", .. string[] engine])
    return await EngineLoad.RunAsync(engine);

// What our SDK's users see while brokers restart: started by scripts/pauses.
if (args is ["pauses", .. string[] probe])
    return await PauseProbe.RunAsync(probe);
if (args is ["topics", .. string[] topics])
    return await TopicProbe.RunAsync(topics);

// What a disk does, likewise.
if (args is ["flush-layout", .. string[] rest])
    return FlushLayout.Run(rest);
if (args is ["log", .. string[] logs])
    return LogLoad.Run(logs);
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
