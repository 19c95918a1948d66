"""Integrity findings in words, Chinese and English. Texts of the law stand in the rule book."""

_TABLE = """
line.canonical|这一行不是规范的JSON，或者超出限制|the line is not canonical JSON, or over a limit
line.shape|这一行不是事件、封签或同步标记，或者成员不对|the line is none of event, seal and mark, or its members are wrong
line.unterminated|这一行没有换行结尾|the line is not ended
file.start|文件名不是其首个事件的序号，或者行为跨越文件|the file is not named by its first event, or an act goes on from the file before
event.version|事件的格式版本不是1|the event's format version is not 1
seq.order|事件序号不连续|the event's number is not the number of events before it
chain.broken|与前一事件的链接断开|the chain to the event before is broken
genesis.pin|创世事件不是所给的那一个|event 0 is not the one with the given genesis hash
last.wrong|同一对象的上一事件序号不对|`last` is not this subject's previous event
keys.wrong|人员密钥规则的上一事件序号不对|`keys` is not the newest person, key or rule-book event
time.order|登记时间早于前一事件|the time of entry is before that of the event before
act.boundary|行为的起始序号不对|an event that begins an act has another `act`
act.signer|同一行为中签名人不一|one act, two signers
act.time|同一行为中登记时间不一|one act, two times of entry
act.size|一个行为超过4096个事件|an act of more than 4096 events
act.unsealed|行为没有封签|an act is not closed by a seal
seal.form|封签的格式不对|the seal is not well-formed
seal.stray|封签之前没有事件|a seal without an event before it
seal.origin|封签属于另一台账|the seal is of another ledger
seal.size|封签的事件数不对|the seal's tree size does not fit
seal.act|封签的行为或链头不对|the seal's act or chain hash does not fit
seal.root|封签的树根不对|the seal's root does not fit
seal.signature|封签的签名不成立|the seal's signature does not hold
signer.unknown|签名密钥没有登记|the signer's key was not enrolled
signer.revoked|签名密钥已经注销|the signer's key was revoked
signer.not_for_acts|台账密钥不得签署行为|the ledger key does not sign acts
part.unlisted|正文没有被事件承诺|the event does not commit to this part
part.digest|正文与承诺的摘要不符|the part does not have the digest committed to
part.shape|正文的格式不对|the part is not well-formed
part.fact|正文与要素不一致|the part says something else than a fact
part.absent|正文缺失而没有删除记录|a part is missing without an erasure
part.not_erased|正文已记明删除，却仍在这份副本中|a part that is recorded as erased still stands in this copy
part.erasure_pending|正文已记明删除，但仍在台账中|a part that is recorded as erased still stands in the ledger
erasure.digest|删除记录的摘要不是原正文的摘要|the erasure names another digest than the event commits to
part.leak|公开版中有内部正文|a public copy holds a part that is not for the public
part.not_in_force|公开版中有不再有效的公开正文|an open part is here that is not in force
part.withheld|公开版缺少有效的公开正文|an open part in force is not here
synced.wrong|同步标记的序号不对|the mark's number does not fit, or it stands inside an act
log.empty|台账没有事件|there is no event
checkpoint.origin|检查点属于另一台账|the checkpoint is of another ledger
checkpoint.signature|检查点没有台账密钥的有效签名|the checkpoint has no valid signature of the ledger key
checkpoint.form|检查点的格式不对|the checkpoint is not well-formed
checkpoint.fork|检查点的树根与台账不同，台账有分叉|the root at the checkpoint's size is another: a fork
checkpoint.shorter|台账短于检查点，有回退|the log is shorter than the checkpoint: a rollback
log.damaged_frame|已结束的日志段压缩数据损坏|a closed segment is not whole zstd frames
checkpoint.key_unknown|台账密钥未知，检查点的签名无法核验|the ledger key is not known, the signature on the checkpoint was not checked
prefix.unproved|所读为前缀，最新的行为没有检查点证明|a prefix: the newest acts are unproved without a checkpoint
law.not_checked|没有之前的状态，合法性无法核验|the law was not checked: the state before is not known
proof.form|证明文件的格式不对|the proof is not well-formed
proof.origin|证明属于另一台账|the proof is of another ledger
proof.size|证明所称的事件数与检查点不符|the proof's size is not the checkpoint's
proof.back_chain|对象的事件链不完整|the subject's back-chain is not whole
proof.keys|人员密钥事件链不完整|the back-chain of keys is not whole
proof.inclusion|事件不在检查点的树中|the event is not in the checkpoint's tree
proof.sealed|事件不在其封签的树中|the event is not in its seal's tree
"""

TEXTS = {row[0]: (row[1], row[2]) for row in (line.split("|") for line in _TABLE.strip().splitlines())}


def of(code: str) -> tuple[str, str]:
    return TEXTS.get(code, (code, code))
